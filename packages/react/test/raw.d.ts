/** A file's text, as Vite and vitest hand it over. */
declare module "*?raw" {
  const text: string;
  export default text;
}
