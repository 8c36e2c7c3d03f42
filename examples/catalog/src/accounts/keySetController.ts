import { Controller, Get, Header, Inject } from "@nestjs/common";
import { Accounts } from "./accounts.js";

/** `GET /.well-known/jwks.json`: the keys that other services check tokens with. */
@Controller()
export class KeySetController {
  constructor(@Inject(Accounts) private readonly accounts: Accounts) {}

  @Get(".well-known/jwks.json")
  @Header("cache-control", "public, max-age=300")
  keySet() {
    return this.accounts.keySet();
  }
}
