/** Names that go into commands and paths of outside systems. On its own, so that who only checks input loads no driver. */
export const safeName = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/
export const safeNameFix = 'Use letters, digits and _ . : - only, at most 64 characters.'
