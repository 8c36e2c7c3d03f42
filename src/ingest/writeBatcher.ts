import type { Interaction } from "../domain/interaction.js";
import type { InteractionWriter, LiveWriteResult } from "../domain/ports.js";

/** Most interactions of one transaction made of several calls; a call is never split, a larger one goes alone. */
const MAX_BATCH_INTERACTIONS = 5000;
/** While one transaction runs the next one is being gathered; a third would only hold locks. */
const MAX_WRITES_IN_FLIGHT = 2;

interface Waiting {
  readonly interactions: readonly Interaction[];
  readonly resolve: (result: LiveWriteResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The same writer, but calls that wait at the same time share a transaction: a thousand shoppers who send one event each
 * cost a few commits. Of equal events in several calls that of the earliest counts. A failed transaction fails the calls
 * in it and no other.
 */
export function createWriteBatcher(writer: InteractionWriter): InteractionWriter {
  const queue: Waiting[] = [];
  let nInFlight = 0;
  let isScheduled = false;

  function schedule(): void {
    if (isScheduled || queue.length === 0 || nInFlight >= MAX_WRITES_IN_FLIGHT) return;
    isScheduled = true;
    setImmediate(flush);
  }

  function flush(): void {
    isScheduled = false;
    nInFlight++;
    void writeTogether(writer, takeBatch(queue)).finally(() => {
      nInFlight--;
      schedule();
    });
    schedule();
  }

  return {
    write(interactions) {
      return new Promise((resolve, reject) => {
        queue.push({ interactions, resolve, reject });
        schedule();
      });
    },
  };
}

function takeBatch(queue: Waiting[]): Waiting[] {
  let nInteractions = queue[0].interactions.length;
  let nTaken = 1;
  while (nTaken < queue.length && nInteractions + queue[nTaken].interactions.length <= MAX_BATCH_INTERACTIONS) {
    nInteractions += queue[nTaken].interactions.length;
    nTaken++;
  }
  return queue.splice(0, nTaken);
}

async function writeTogether(writer: InteractionWriter, batch: readonly Waiting[]): Promise<void> {
  try {
    const written = await writer.write(batch.flatMap(({ interactions }) => interactions));
    const unclaimed = { counted: new Set(written.countedKeys), erased: new Set(written.erasedKeys) };
    for (const { interactions, resolve } of batch) resolve(claim(interactions, unclaimed));
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}

interface Unclaimed {
  readonly counted: Set<string>;
  readonly erased: Set<string>;
}

/** What became of one call; its keys are taken out of `unclaimed`. */
function claim(interactions: readonly Interaction[], unclaimed: Unclaimed): LiveWriteResult {
  const countedKeys = new Set<string>();
  const erasedKeys = new Set<string>();
  for (const { eventKey } of interactions) {
    if (unclaimed.counted.delete(eventKey)) countedKeys.add(eventKey);
    else if (unclaimed.erased.delete(eventKey)) erasedKeys.add(eventKey);
  }
  const [accepted, erased] = [countedKeys.size, erasedKeys.size];
  return { accepted, duplicates: interactions.length - accepted - erased, erased, countedKeys, erasedKeys };
}
