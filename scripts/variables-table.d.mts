export interface DescribedVariable {
  readonly shownDefault: string;
  readonly help: string;
}

export function variablesTable(variables: Readonly<Record<string, DescribedVariable>>): string;
