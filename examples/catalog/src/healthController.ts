import { Controller, Get, Header } from "@nestjs/common";

/** `GET /livez`: answered once everything is read. */
@Controller()
export class HealthController {
  @Get("livez")
  @Header("cache-control", "no-store")
  livez() {
    return { status: "alive" };
  }
}
