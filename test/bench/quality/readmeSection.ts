/**
 * A text with what stands between `<!-- name -->` and `<!-- /name -->` replaced.
 *
 * @throws Error when the text has no such pair
 */
export function replaceSection(text: string, name: string, content: string): string {
  const [opening, closing] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [start, end] = [text.indexOf(opening), text.indexOf(closing)];
  if (start < 0 || end < start) throw new Error(`Cannot write the section: ${opening} and ${closing} are required`);
  return `${text.slice(0, start + opening.length)}\n${content}\n${text.slice(end)}`;
}
