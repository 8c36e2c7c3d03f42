import type { Admin, Kafka } from "kafkajs";

/** How far a partition reaches, and where the group stands in it as far as the brokers know. */
export interface PartitionStanding {
  readonly topic: string;
  readonly partition: number;
  readonly firstOffset: bigint;
  readonly endOffset: bigint;
  /** Null where the brokers know of no position: none was committed, or the topic is not the one it was. */
  readonly committed: bigint | null;
}

const POLL_MS = 5_000;

/** Asks the brokers every few seconds how far topics reach. An answer that fails to come is no news. */
export class GroupWatch {
  private readonly admin: Admin;
  private isConnected = false;
  private timer: NodeJS.Timeout | null = null;
  private asking: Promise<void> = Promise.resolve();

  constructor(
    kafka: Kafka,
    private readonly groupId: string,
    private readonly topics: readonly string[],
  ) {
    this.admin = kafka.admin({ retry: { retries: 0 } });
  }

  /** @param before called when a question begins, so that what happens meanwhile can be told apart */
  start(before: () => void, onStanding: (standing: PartitionStanding) => void): void {
    if (this.timer !== null) return;
    this.timer = setInterval(() => {
      before();
      this.asking = this.ask(onStanding).catch(() => {
        this.isConnected = false;
      });
    }, POLL_MS);
    this.timer.unref();
  }

  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    await this.asking;
    await this.admin.disconnect();
  }

  private async ask(onStanding: (standing: PartitionStanding) => void): Promise<void> {
    if (!this.isConnected) await this.admin.connect();
    this.isConnected = true;
    const committed = await this.committedOffsets();
    for (const topic of this.topics) {
      for (const { partition, low, high } of await this.admin.fetchTopicOffsets(topic)) {
        onStanding({
          topic,
          partition,
          firstOffset: BigInt(low),
          endOffset: BigInt(high),
          committed: committed.get(`${topic}/${partition}`) ?? null,
        });
      }
    }
  }

  private async committedOffsets(): Promise<ReadonlyMap<string, bigint>> {
    const answers = await this.admin.fetchOffsets({ groupId: this.groupId, topics: [...this.topics] });
    const known = answers.flatMap(({ topic, partitions }) =>
      partitions
        .filter(({ offset }) => Number(offset) >= 0)
        .map(({ partition, offset }) => [`${topic}/${partition}`, BigInt(offset)] as const),
    );
    return new Map(known);
  }
}
