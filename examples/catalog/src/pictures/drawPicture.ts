import { hashOf } from "../shop/hash.js";
import { drawingOf, drawingOfCategory, type Ink } from "./drawings.js";

/** Colours that names speak of, as hue and saturation. */
const COLOURS: readonly (readonly [RegExp, hue: number, saturation: number])[] = [
  [/\b(red|cherry|strawberry|ruby|union jack)\b/i, 4, 62],
  [/\b(pink|rose|fairy)\b/i, 342, 62],
  [/\b(blue|navy|sky|spaceboy)\b/i, 212, 52],
  [/\b(turquoise|aqua|mint)\b/i, 176, 42],
  [/\b(green|garden|leaf|jardin)\b/i, 132, 32],
  [/\b(yellow|gold|lemon|sunflower)\b/i, 44, 70],
  [/\b(orange|pumpkin|paisley)\b/i, 26, 72],
  [/\b(purple|lilac|lavender|amethyst)\b/i, 272, 38],
  [/\b(black|charcoal)\b/i, 225, 12],
  [/\b(white|ivory|cream|zinc|silver|antique|vintage)\b/i, 36, 24],
  [/\b(brown|wood|wooden|chocolate|coffee)\b/i, 24, 38],
];

const HUES: Readonly<Record<string, number>> = {
  Christmas: 152,
  "Candles & lights": 38,
  Bags: 350,
  Jewellery: 268,
  "Toys & games": 200,
  Stationery: 222,
  Party: 318,
  "Tea & coffee": 22,
  "Kitchen & baking": 12,
  Textiles: 248,
  Garden: 104,
  Storage: 188,
  "Home decoration": 288,
};
const REST_HUE = 60;

/** A picture of a product (SVG): the ground in the colour of its shelf, the drawing in a colour of its name. */
export function drawProduct({ id, name, category }: { id: string; name: string; category: string }): string {
  const hue = HUES[category] ?? REST_HUE;
  const hash = hashOf(id);
  const [, inkHue, saturation] = COLOURS.find(([word]) => word.test(name)) ?? [null, (hue + (hash % 5) * 24) % 360, 48];
  const turn = (hash % 9) - 4;
  return frameOf(
    name,
    hue,
    hash,
    `<g transform="rotate(${turn} 100 100)">${drawingOf(name, category)(inkOf(inkHue, saturation))}</g>`,
  );
}

/** A picture of a shelf (SVG). */
export function drawCategory(category: string): string {
  const hue = HUES[category] ?? REST_HUE;
  return frameOf(category, hue, hashOf(category), drawingOfCategory(category)(inkOf(hue, 45)));
}

function inkOf(hue: number, saturation: number): Ink {
  return {
    fill: `hsl(${hue} ${saturation}% 62%)`,
    light: `hsl(${hue} ${saturation}% 79%)`,
    accent: `hsl(${(hue + 150) % 360} ${Math.min(60, saturation + 12)}% 66%)`,
    line: `hsl(${hue} ${Math.min(40, saturation)}% 34%)`,
  };
}

function frameOf(title: string, hue: number, hash: number, drawing: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 320" role="img"><title>${escapeXml(title)}</title>
<defs><linearGradient id="ground" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="hsl(${hue} 60% 96%)"/><stop offset="1" stop-color="hsl(${hue} 46% 87%)"/></linearGradient></defs>
<rect width="320" height="320" fill="url(#ground)"/>${confetti(hue, hash)}
<ellipse cx="160" cy="262" rx="86" ry="10" fill="hsl(${hue} 30% 40%)" opacity=".13"/>
<g transform="translate(60 58)">${drawing}</g></svg>`;
}

/** Soft dots in the ground, so that no two pictures are quite alike. */
function confetti(hue: number, hash: number): string {
  const dots = Array.from({ length: 6 }, (_, dot) => {
    const own = hashOf(`${hash} ${dot}`);
    const [x, y, radius] = [own % 320, (own >>> 9) % 320, 5 + ((own >>> 18) % 22)];
    return `<circle cx="${x}" cy="${y}" r="${radius}"/>`;
  });
  return `<g fill="hsl(${hue} 60% 80%)" opacity=".32">${dots.join("")}</g>`;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
