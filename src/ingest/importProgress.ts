import { SingleBar } from "cli-progress";

/** How far the reading of one file is. */
export interface ImportProgress {
  readonly file: string;
  readonly readBytes: number;
  readonly totalBytes: number;
  readonly rows: number;
}

export interface ImportProgressOutput {
  update(progress: ImportProgress): void;
  /** The last file is read, or will not be. */
  stop(): void;
}

/** A bar on a terminal; elsewhere a plain line every tenth of a file and at its end, so at most ten lines a file. */
export function createImportProgress(output: NodeJS.WriteStream): ImportProgressOutput {
  return output.isTTY ? barProgress(output) : lineProgress(output);
}

function barProgress(output: NodeJS.WriteStream): ImportProgressOutput {
  const bar = new SingleBar({
    stream: output,
    format: `${"import".padEnd(10)} [{bar}] {percentage}% {file}, {rows} rows, {rate} rows/s`,
    clearOnComplete: true,
    hideCursor: true,
  });
  let file: string | null = null;
  let startedMs = 0;
  return {
    update: (progress) => {
      if (progress.file !== file) {
        if (file !== null) bar.stop();
        file = progress.file;
        startedMs = performance.now();
        bar.start(progress.totalBytes, 0, { file, rows: "0", rate: "0" });
      }
      const seconds = Math.max(performance.now() - startedMs, 1) / 1000;
      const rate = grouped(Math.round(progress.rows / seconds));
      bar.update(progress.readBytes, { file, rows: grouped(progress.rows), rate });
    },
    stop: () => bar.stop(),
  };
}

function lineProgress(output: NodeJS.WriteStream): ImportProgressOutput {
  let latest: ImportProgress | null = null;
  let shownTenths = 0;
  const endFile = () => {
    if (latest !== null) output.write(toLine(latest));
    latest = null;
    shownTenths = 0;
  };
  return {
    update: (progress) => {
      if (latest !== null && latest.file !== progress.file) endFile();
      latest = progress;
      // The last tenth is shown at the end of the file, with all its rows.
      const tenths = Math.min(9, Math.floor((10 * progress.readBytes) / progress.totalBytes));
      if (tenths <= shownTenths || progress.readBytes === progress.totalBytes) return;
      shownTenths = tenths;
      output.write(toLine(progress));
    },
    stop: endFile,
  };
}

function toLine({ file, readBytes, totalBytes, rows }: ImportProgress): string {
  const percent = totalBytes === 0 ? 100 : Math.floor((100 * readBytes) / totalBytes);
  return `${"import".padEnd(10)} … ${file} ${percent} %, ${grouped(rows)} rows\n`;
}

function grouped(count: number): string {
  return count.toLocaleString("en-US");
}
