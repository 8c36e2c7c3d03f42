/** A table of the README that code describes. */
export interface ReadmeTable {
  /** The README has it between `<!-- name -->` and `<!-- /name -->`. */
  readonly name: string;
  readonly source: string;
  readonly table: string;
}

/** Null where the README's table is right, else what is wrong and the table to put there. */
export function tableProblem(readme: string | null, { name, source, table }: ReadmeTable): string | null {
  const [opening, closing] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const cure = `put this there:\n\n${opening}\n${table}\n${closing}\n`;
  if (readme === null) return `README.md is required, found none; ${cure}`;
  const [start, end] = [readme.indexOf(opening), readme.indexOf(closing)];
  if (start < 0 || end < start) return `README.md requires ${opening} and ${closing}, found no such pair; ${cure}`;
  const found = readme.slice(start + opening.length, end).trim();
  return found === table ? null : `README.md's table of ${name} differs from ${source}; ${cure}`;
}
