/** The fonts of a PDF, all embedded: Inter in its parts by script, and what the operator adds. For each sign the first that has it. */
import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { create as openFont } from 'fontkit'
import { unpackWoff } from './woff.ts'

export type Weight = 'regular' | 'bold'

interface Face {
  /** As the document registers it. */
  name: string
  bytes: Buffer
  has(codePoint: number): boolean
}

export interface PdfFonts {
  faces: readonly Face[]
  /** The face that draws a sign; the first one, with an empty box, where none has it. */
  faceOf(codePoint: number, weight: Weight): { name: string; isMissing: boolean }
}

const scripts = ['latin', 'latin-ext', 'greek', 'cyrillic', 'cyrillic-ext', 'greek-ext', 'vietnamese']
const weights: Record<Weight, number> = { regular: 400, bold: 600 }

/**
 * @param more font files (TTF, OTF, WOFF), or folders of such, for scripts that Inter does not have, Chinese for one; used for both weights
 * @throws Error when a file is no font
 */
export async function loadPdfFonts(more: readonly string[]): Promise<PdfFonts> {
  // A name in a variable: bundlers of the pages leave it to Node.
  const packageFile = '@fontsource/inter/package.json'
  const folder = join(dirname(createRequire(import.meta.url).resolve(packageFile)), 'files')
  const inter = async (weight: Weight): Promise<Face[]> =>
    Promise.all(
      scripts.map(async (script) => {
        const bytes = await readFile(join(folder, `inter-${script}-${weights[weight]}-normal.woff`))
        return faceOf(`inter-${script}-${weight}`, bytes)
      }),
    )
  const files = (await Promise.all(more.map(fontFiles))).flat()
  const [regular, bold, others] = await Promise.all([
    inter('regular'),
    inter('bold'),
    Promise.all(files.map(async (file, index) => faceOf(`more-${index}`, await readFile(file)))),
  ])
  const order: Record<Weight, Face[]> = { regular: [...regular, ...others], bold: [...bold, ...others] }
  return {
    faces: [...regular, ...bold, ...others],
    faceOf(codePoint, weight) {
      const face = order[weight].find((each) => each.has(codePoint))
      return { name: face?.name ?? order[weight][0]?.name ?? '', isMissing: face === undefined }
    },
  }
}

function faceOf(name: string, file: Buffer): Face {
  const bytes = unpackWoff(file)
  const font = openFont(bytes)
  if (!('hasGlyphForCodePoint' in font)) {
    throw new Error(`${name} is a collection of fonts: name a file with one font.`)
  }
  const known = new Map<number, boolean>()
  return {
    name,
    bytes,
    has(codePoint) {
      const before = known.get(codePoint)
      if (before !== undefined) return before
      const has = font.hasGlyphForCodePoint(codePoint)
      known.set(codePoint, has)
      return has
    },
  }
}

async function fontFiles(path: string): Promise<string[]> {
  if (/\.(ttf|otf|woff2?)$/i.test(path)) return [path]
  const names = await readdir(path)
  return names.filter((name) => /\.(ttf|otf|woff2?)$/i.test(name)).map((name) => join(path, name))
}

/** Reads the fonts when they are first asked for, once; a failure is tried again at the next time. */
export function createReportFonts(more: readonly string[]): () => Promise<PdfFonts> {
  let fonts: Promise<PdfFonts> | null = null
  return () => {
    fonts ??= loadPdfFonts(more).catch((error: unknown) => {
      fonts = null
      throw error
    })
    return fonts
  }
}
