import type { GraphQLError } from "graphql";
import { badUserInput, refuseRequest } from "./errors.js";

/** Most lists that one request may ask for, over all its fields and entities. */
export const MAX_LISTS = 3000;
/** Most products over all lists of one request. */
export const MAX_PRODUCTS = 100_000;
/** Most values over all products of one request: what is written of a product is asked for as often as it has names. */
export const MAX_VALUES = 400_000;

/**
 * What one request may cost. Fields nest (a list's products have lists of their own), so the size of a query says
 * little about the work it asks for; counting the work does.
 */
export class RequestBudget {
  private nLists = 0;
  private nProducts = 0;
  private nValues = 0;
  private isRefused = false;
  private hasComputed = false;

  /** Count one list of `first` products, each written with so many values. */
  spend(first: number, valuesPerProduct: number): void {
    this.nLists++;
    this.nProducts += first;
    this.nValues += first * valuesPerProduct;
  }

  /** Whether what has been asked for so far may be computed. */
  mayCompute(): boolean {
    const isExceeded = this.nLists > MAX_LISTS || this.nProducts > MAX_PRODUCTS || this.nValues > MAX_VALUES;
    if (!isExceeded) this.hasComputed = true;
    return !isExceeded;
  }

  /**
   * The error that says so the first time, then null: a thousand lists refused for one reason are one error. It refuses
   * the request as a whole, unless lists of it were computed before the ones inside them turned out too many.
   */
  refuseOnce(): GraphQLError | null {
    if (this.isRefused) return null;
    this.isRefused = true;
    const required = `at most ${MAX_LISTS} lists, ${MAX_PRODUCTS} products and ${MAX_VALUES} values of products in one request are required`;
    const found = `${this.nLists}, ${this.nProducts} and ${this.nValues}`;
    const message = `Cannot list products: ${required}, found ${found}`;
    return this.hasComputed ? badUserInput(message) : refuseRequest("BAD_USER_INPUT", message, 400);
  }
}
