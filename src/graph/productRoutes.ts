import type { FastifyRequest } from "fastify";
import type { ProductIntake } from "../domain/engine.js";
import { type BodyRoute, NotAllowedError } from "./bodyDoor.js";
import { canWriteProducts } from "./caller.js";
import type { FailureReport } from "./errors.js";

export interface ProductParts {
  readonly products: ProductIntake;
  readonly failures: FailureReport;
  readonly requestSeconds: () => number;
}

/**
 * `POST /products`: what `product-updates` carries, for a catalogue that has no Kafka, as a JSON array or as NDJSON and
 * answered when it is committed. One that makes no sense is rejected alone and reported.
 */
export function productRoute({ products, failures, requestSeconds }: ProductParts): BodyRoute {
  return {
    url: "/products",
    what: "the products",
    busyCode: "PRODUCTS_BUSY",
    take: async (body, format, request) => {
      requireCatalogue(request);
      const { accepted, rejected, nRejected } = await products.updateBody(body, format);
      return { accepted, rejected, rejected_count: nRejected };
    },
    unavailable: failures.productsUnavailable,
    requestSeconds,
  };
}

function requireCatalogue({ caller }: FastifyRequest): void {
  if (canWriteProducts(caller)) return;
  const requirement = "scope interactions:write or recommendations:admin is required";
  throw new NotAllowedError(`Cannot take the products: ${requirement}`);
}
