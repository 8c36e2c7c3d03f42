import { Controller, Get, Header, Inject, NotFoundException, Param } from "@nestjs/common";
import { Shelves } from "../shop/shelves.js";
import { drawCategory, drawProduct } from "./drawPicture.js";

const SVG = "image/svg+xml; charset=utf-8";
const KEEP = "public, max-age=3600";

/** `GET /images/<id>.svg` and `/images/categories/<name>.svg`: drawn when they are asked for. */
@Controller("images")
export class PictureController {
  constructor(@Inject(Shelves) private readonly shelves: Shelves) {}

  @Get("categories/:file")
  @Header("content-type", SVG)
  @Header("cache-control", KEEP)
  category(@Param("file") file: string) {
    return drawCategory(nameOf(file));
  }

  @Get(":file")
  @Header("content-type", SVG)
  @Header("cache-control", KEEP)
  product(@Param("file") file: string) {
    const product = this.shelves.find(nameOf(file));
    if (product === null) throw new NotFoundException("No such product");
    return drawProduct(product);
  }
}

function nameOf(file: string): string {
  return file.replace(/\.svg$/, "");
}
