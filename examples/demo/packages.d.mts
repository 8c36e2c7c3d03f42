export function install(dir: string): Promise<string>;
export function build(dir: string, also?: readonly string[]): Promise<string>;
export function run(command: string, args: readonly string[], cwd: string): Promise<void>;
