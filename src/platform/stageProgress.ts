import { SingleBar } from "cli-progress";

/** Progress of work in named stages. */
export interface StageProgress {
  update(stage: string, share: number): void;
  stop(): void;
}

/** A bar on a terminal; one line per stage elsewhere. */
export function createStageProgress(output: NodeJS.WriteStream, title: string): StageProgress {
  return output.isTTY ? barProgress(output, title) : lineProgress(output, title);
}

function barProgress(output: NodeJS.WriteStream, title: string): StageProgress {
  const bar = new SingleBar({
    stream: output,
    format: `${title.padEnd(10)} [{bar}] {percentage}% {stage}`,
    clearOnComplete: true,
    hideCursor: true,
  });
  bar.start(100, 0, { stage: "" });
  return {
    update: (stage, share) => bar.update(Math.round(100 * share), { stage }),
    stop: () => bar.stop(),
  };
}

function lineProgress(output: NodeJS.WriteStream, title: string): StageProgress {
  let last = "";
  return {
    update: (stage) => {
      if (stage !== last) output.write(`${title.padEnd(10)} … ${stage}\n`);
      last = stage;
    },
    stop: () => {},
  };
}
