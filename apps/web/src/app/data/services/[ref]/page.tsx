import { ServicePage } from '../../../../data/service-page.tsx'

export default async function Page({ params }: { params: Promise<{ ref: string }> }) {
  const { ref } = await params
  return <ServicePage measure={decodeURIComponent(ref)} />
}
