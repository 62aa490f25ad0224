import { classNames } from './class-names.ts'

export interface Column {
  label: string
  /** Narrower than this it is not shown. */
  from?: 'sm' | 'md' | 'lg'
  /** Of figures. */
  right?: boolean
}

const hidden = { sm: 'max-sm:hidden', md: 'max-md:hidden', lg: 'max-lg:hidden' }

/** The head of a table of rows, in the words of its columns. */
export function TableHead({ columns }: { columns: readonly Column[] }) {
  return (
    <thead>
      <tr className="text-left text-sm text-third">
        {columns.map(({ label, from, right }) => (
          <th
            key={label}
            scope="col"
            className={classNames('px-4 py-2 font-normal', right && 'text-right', from && hidden[from])}
          >
            {label}
          </th>
        ))}
      </tr>
    </thead>
  )
}
