/** One difference between two contracts, in words. */
export interface ContractChange {
  readonly text: string;
  /** True when a query or a composition that worked before may fail now. */
  readonly isBreaking: boolean;
}

/** What changed from the released contract to this one. */
export function contractChanges(released: string, current: string): Promise<readonly ContractChange[]>;
