import type { Kafka, Producer, TopicMessages } from "kafkajs";

/** A short stall of the broker is waited for here; a longer one is for the caller to wait out. */
const RETRIES = 3;
const FIRST_RETRY_MS = 200;

/** Sends what must not be lost: acknowledged by all replicas, and nothing twice for a lost answer within one `send`. */
export class AcknowledgedProducer {
  private producer: Promise<Producer> | null = null;

  constructor(private readonly kafka: Kafka) {}

  async send(topicMessages: TopicMessages[]): Promise<void> {
    this.producer ??= this.connect();
    const producer = this.producer;
    try {
      await (await producer).sendBatch({ acks: -1, topicMessages });
    } catch (error) {
      this.replace(producer);
      throw error;
    }
  }

  async close(): Promise<void> {
    const producer = await this.producer?.catch(() => null);
    await producer?.disconnect();
  }

  private async connect(): Promise<Producer> {
    const producer = this.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      retry: { retries: RETRIES, initialRetryTime: FIRST_RETRY_MS },
    });
    await producer.connect();
    return producer;
  }

  /**
   * A producer that does not know what became of its last batch would give the next one the same number, and the broker
   * would take that one for a repetition and drop it.
   */
  private replace(failed: Promise<Producer>): void {
    if (this.producer === failed) this.producer = null;
    void failed.then((producer) => producer.disconnect()).catch(() => {});
  }
}
