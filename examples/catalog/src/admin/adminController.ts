import { Controller, Get, Header } from "@nestjs/common";
import { ADMIN_PAGE } from "./adminPage.js";

/** `GET /admin`: a page for the people of the shop. It does nothing but what the graph lets it do. */
@Controller("admin")
export class AdminController {
  @Get()
  @Header("content-type", "text/html; charset=utf-8")
  @Header("cache-control", "no-store")
  @Header(
    "content-security-policy",
    "default-src 'none'; connect-src 'self'; img-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'",
  )
  page() {
    return ADMIN_PAGE;
  }
}
