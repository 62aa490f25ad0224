'use client'
import { toast } from 'sonner'

/** Copies, and says so; where the browser does not allow it, says that. */
export function copyText(text: string, said: string): void {
  void navigator.clipboard.writeText(text).then(
    () => toast.success(said),
    () => toast.error('The browser did not allow copying', { description: 'Select the text and copy it by hand.' }),
  )
}
