import { Inject, Injectable } from "@nestjs/common";
import { type JWTPayload, jwtVerify, SignJWT } from "jose";
import type { Configuration } from "../configuration.js";
import { CONFIGURATION, SIGNING_KEY } from "../tokens.js";
import { ALGORITHM, type SigningKey } from "./signingKey.js";

const SHOPPER_TOKEN_LASTS = "12h";
const SERVICE_TOKEN_LASTS = "5m";

/** What the shop itself may do in the engine: tell of all shoppers and products, and merge a visit into a shopper. */
const SERVICE_SCOPES = "recommendations:admin interactions:write";

/** Tokens: who has logged in, and that it is the shop that speaks. */
@Injectable()
export class Accounts {
  constructor(
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    @Inject(SIGNING_KEY) private readonly key: SigningKey,
  ) {}

  /** Says who somebody is, to every service that trusts this one's key set. */
  shopperToken(userId: string): Promise<string> {
    return this.sign({}, SHOPPER_TOKEN_LASTS, userId);
  }

  serviceToken(): Promise<string> {
    return this.sign({ scope: SERVICE_SCOPES }, SERVICE_TOKEN_LASTS);
  }

  /** Who the header says is asking; null for a stranger, and for a token that is not ours or too old. */
  async userIdOf(authorization: string | undefined): Promise<string | null> {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
    if (token === undefined) return null;
    try {
      const { tokenIssuer: issuer, tokenAudience: audience } = this.configuration;
      const { payload } = await jwtVerify(token, this.key.publicKey, { issuer, audience, algorithms: [ALGORITHM] });
      return payload.sub ?? null;
    } catch {
      // Whatever is wrong with it: who shows no good token is a stranger.
      return null;
    }
  }

  /** The public keys, as others read them. */
  keySet() {
    return { keys: [this.key.publicJwk] };
  }

  private sign(claims: JWTPayload, lasts: string, subject?: string): Promise<string> {
    const token = new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM, kid: this.key.id })
      .setIssuedAt()
      .setIssuer(this.configuration.tokenIssuer)
      .setAudience(this.configuration.tokenAudience)
      .setExpirationTime(lasts);
    if (subject !== undefined) token.setSubject(subject);
    return token.sign(this.key.privateKey);
  }
}
