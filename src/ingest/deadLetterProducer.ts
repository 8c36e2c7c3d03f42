import kafkajs, { type Kafka } from "kafkajs";
import type { DeadLetter } from "../domain/stream.js";
import { AcknowledgedProducer } from "./acknowledgedProducer.js";
import type { DeadLetterSender } from "./consumeBatch.js";
import { cutDeadLetter } from "./deadLetter.js";
import { deadLetterTopic } from "./kafkaClient.js";

/**
 * Sends dead letters to the topic beside theirs; while its broker stalls for long, the partition is held back. Key, headers
 * and value are those of the message; headers that begin with `dead-letter-` say where it stood and why it died.
 */
export class DeadLetterProducer implements DeadLetterSender {
  private readonly producer: AcknowledgedProducer;

  constructor(kafka: Kafka) {
    this.producer = new AcknowledgedProducer(kafka);
  }

  async send(letters: readonly DeadLetter[]): Promise<readonly DeadLetter[]> {
    try {
      await this.sendAs(letters);
      return letters;
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      if (letters.length === 1) return [await this.sendCut(letters[0], error)];
    }
    const sent: DeadLetter[] = [];
    for (const letter of letters) sent.push(...(await this.send([letter])));
    return sent;
  }

  close(): Promise<void> {
    return this.producer.close();
  }

  private async sendCut(letter: DeadLetter, error: unknown): Promise<DeadLetter> {
    const cut = cutDeadLetter(letter);
    if (cut.value?.length === letter.value?.length) throw error;
    await this.sendAs([cut]);
    return cut;
  }

  private async sendAs(letters: readonly DeadLetter[]): Promise<void> {
    await this.producer.send(letters.map(toTopicMessage));
  }
}

function toTopicMessage(letter: DeadLetter) {
  const { key, value, headers } = letter;
  const own = Object.fromEntries(headers.map(([name, bytes]) => [name, Buffer.from(bytes)]));
  const message = {
    key: key && Buffer.from(key),
    value: value && Buffer.from(value),
    headers: { ...own, ...factsOf(letter) },
  };
  return { topic: deadLetterTopic(letter.topic), messages: [message] };
}

function factsOf(letter: DeadLetter): Record<string, string> {
  return {
    "dead-letter-topic": letter.topic,
    "dead-letter-partition": String(letter.partition),
    "dead-letter-offset": String(letter.offset),
    "dead-letter-sent-at": new Date(letter.sentAtMs).toISOString(),
    "dead-letter-reason": letter.reason,
    "dead-letter-message": letter.message,
    "dead-letter-bytes": String(letter.nBytes),
    "dead-letter-sha256": letter.sha256,
  };
}

const TOO_LARGE = new Set(["MESSAGE_TOO_LARGE", "RECORD_LIST_TOO_LARGE"]);

function isTooLarge(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof kafkajs.KafkaJSProtocolError && TOO_LARGE.has(cause.type)) return true;
  }
  return false;
}
