import { badUserInput } from "./errors.js";

/** Most lists that one request may ask for, over all its fields and entities. */
export const MAX_LISTS = 3000;
/** Most products over all lists of one request. */
export const MAX_PRODUCTS = 100_000;

/**
 * What one request may cost. Fields nest (a list's products have lists of their own), so the size of a query says
 * little about the work it asks for; counting the work does.
 */
export class RequestBudget {
  private nLists = 0;
  private nProducts = 0;

  /** Count one list of `first` products. */
  spend(first: number): void {
    this.nLists++;
    this.nProducts += first;
  }

  /** @throws GraphQLError BAD_USER_INPUT when the request has asked for more than its share */
  requireUnspent(): void {
    if (this.nLists <= MAX_LISTS && this.nProducts <= MAX_PRODUCTS) return;
    const required = `at most ${MAX_LISTS} lists and ${MAX_PRODUCTS} products in one request are required`;
    throw badUserInput(`Cannot list products: ${required}, found ${this.nLists} and ${this.nProducts}`);
  }
}
