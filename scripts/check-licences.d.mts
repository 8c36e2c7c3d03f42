export interface Manifest {
  readonly version?: string;
  readonly license?: unknown;
  readonly licenses?: unknown;
}

export interface LockEntry extends Manifest {
  readonly dev?: boolean;
  readonly link?: boolean;
}

export interface Lock {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

export const ALLOWED: ReadonlySet<string>;
export const EXCEPTIONS: ReadonlyMap<string, { readonly licence: string; readonly because: string }>;
export function findLicenceProblems(lock: Lock, readManifest: (folder: string) => Manifest | null): string[];
export function checkInstalled(root: string): string[];
