/** The colours of a drawing. */
export interface Ink {
  /** The main surface. */
  readonly fill: string;
  /** A second, lighter surface. */
  readonly light: string;
  /** Small things that should be seen. */
  readonly accent: string;
  /** Outlines and shadows. */
  readonly line: string;
}

/** A drawing in a field of 200 by 200. */
type Drawing = (ink: Ink) => string;

const heart = (x: number, y: number, size: number, fill: string) =>
  `<path transform="translate(${x} ${y}) scale(${size})" d="M0 6C-2-2-12-2-12 6c0 8 9 13 12 17 3-4 12-9 12-17C12-2 2-2 0 6z" fill="${fill}"/>`;

const star = (x: number, y: number, size: number, fill: string) =>
  `<path transform="translate(${x} ${y}) scale(${size})" d="M0-12 3.5-4 12-3.3 5.6 2.4 7.6 11 0 6.3-7.6 11-5.6 2.4-12-3.3-3.5-4z" fill="${fill}"/>`;

const tree: Drawing = ({ fill, light, accent, line }) => `
  <rect x="89" y="160" width="22" height="26" rx="4" fill="${line}"/>
  <path d="M100 74 154 166H46z" fill="${fill}"/><path d="M100 48 144 124H56z" fill="${light}"/><path d="M100 26 132 82H68z" fill="${fill}"/>
  ${star(100, 26, 1.3, accent)}
  <circle cx="86" cy="104" r="6" fill="${accent}"/><circle cx="116" cy="112" r="6" fill="${line}"/><circle cx="76" cy="148" r="6" fill="${line}"/><circle cx="122" cy="150" r="6" fill="${accent}"/><circle cx="101" cy="70" r="5" fill="${line}"/>`;

const candle: Drawing = ({ fill, light, line }) => `
  <path d="M100 24c14 18 20 28 20 38a20 20 0 0 1-40 0c0-10 6-20 20-38z" fill="#f3b457"/>
  <path d="M100 46c6 8 9 13 9 18a9 9 0 0 1-18 0c0-5 3-10 9-18z" fill="#fff" opacity=".75"/>
  <rect x="97" y="78" width="6" height="16" rx="3" fill="${line}"/>
  <rect x="76" y="92" width="48" height="66" rx="8" fill="${light}"/><path d="M76 100c8 14 14 2 20 12s14-6 28-2v-10a8 8 0 0 0-8-8H84a8 8 0 0 0-8 8z" fill="#fff" opacity=".6"/>
  <path d="M46 148h108c0 24-16 36-54 36s-54-12-54-36z" fill="${fill}"/><path d="M154 152c20-4 24 20 4 20" fill="none" stroke="${fill}" stroke-width="9"/>`;

const bag: Drawing = ({ fill, light, accent, line }) => `
  <path d="M72 82c0-62 56-62 56 0" fill="none" stroke="${line}" stroke-width="9" stroke-linecap="round"/>
  <path d="M48 76h104l12 98a12 12 0 0 1-12 13H48a12 12 0 0 1-12-13z" fill="${fill}"/>
  <path d="M41 132h118l5 42a12 12 0 0 1-12 13H48a12 12 0 0 1-12-13z" fill="${light}"/>
  ${heart(100, 100, 1.3, accent)}
  <circle cx="72" cy="88" r="5" fill="${line}"/><circle cx="128" cy="88" r="5" fill="${line}"/>`;

const necklace: Drawing = ({ fill, light, accent, line }) => `
  <path d="M40 34c0 72 32 98 60 98s60-26 60-98" fill="none" stroke="${line}" stroke-width="5" stroke-dasharray="1 11" stroke-linecap="round"/>
  <path d="M40 34c0 72 32 98 60 98s60-26 60-98" fill="none" stroke="${fill}" stroke-width="3"/>
  <circle cx="62" cy="110" r="9" fill="${light}"/><circle cx="138" cy="110" r="9" fill="${light}"/><circle cx="80" cy="126" r="9" fill="${accent}"/><circle cx="120" cy="126" r="9" fill="${accent}"/>
  <path d="M100 130 126 154 100 188 74 154z" fill="${fill}"/><path d="M100 130 112 154 100 188 88 154z" fill="${light}"/>`;

const bear: Drawing = ({ fill, light, accent, line }) => `
  <circle cx="60" cy="62" r="24" fill="${fill}"/><circle cx="140" cy="62" r="24" fill="${fill}"/><circle cx="60" cy="62" r="12" fill="${light}"/><circle cx="140" cy="62" r="12" fill="${light}"/>
  <circle cx="100" cy="108" r="62" fill="${fill}"/><ellipse cx="100" cy="128" rx="30" ry="24" fill="${light}"/>
  <circle cx="78" cy="96" r="7" fill="${line}"/><circle cx="122" cy="96" r="7" fill="${line}"/><ellipse cx="100" cy="118" rx="10" ry="7" fill="${line}"/>
  <path d="M100 124v8m-13 3c6 8 20 8 26 0" fill="none" stroke="${line}" stroke-width="4" stroke-linecap="round"/>
  <path d="M72 178 100 166 128 178 128 194 100 182 72 194z" fill="${accent}"/>`;

const card: Drawing = ({ fill, light, accent, line }) => `
  <rect x="34" y="62" width="132" height="96" rx="8" fill="${light}"/><path d="M34 70 100 122 166 70v-2a8 8 0 0 0-8-6H42a8 8 0 0 0-8 6z" fill="${fill}"/>
  <path d="M34 156 82 110m84 46L118 110" stroke="${line}" stroke-width="3" opacity=".35"/>
  ${heart(100, 106, 1.5, accent)}
  <g transform="rotate(38 150 60)"><rect x="143" y="14" width="16" height="78" fill="${accent}"/><path d="M143 92h16l-8 20z" fill="#f6dfbf"/><path d="M148 104h6l-3 8z" fill="${line}"/><rect x="143" y="8" width="16" height="12" rx="4" fill="${line}"/></g>`;

const bunting: Drawing = ({ fill, light, accent, line }) => `
  <path d="M14 52q86 56 172 0" fill="none" stroke="${line}" stroke-width="4"/>
  <path d="M24 58 66 74 36 120z" fill="${fill}"/><path d="M78 77 122 77 100 132z" fill="${accent}"/><path d="M134 74 176 58 164 120z" fill="${light}"/>
  <circle cx="42" cy="80" r="5" fill="#fff" opacity=".8"/><circle cx="100" cy="94" r="6" fill="#fff" opacity=".8"/><circle cx="158" cy="80" r="5" fill="#fff" opacity=".8"/>
  ${star(52, 158, 1, accent)}${star(146, 152, 1.2, fill)}<circle cx="100" cy="166" r="6" fill="${fill}"/><circle cx="78" cy="182" r="4" fill="${line}"/><circle cx="124" cy="182" r="4" fill="${accent}"/>`;

const cup: Drawing = ({ fill, light, accent, line }) => `
  <path d="M78 26c-12 14 12 20 0 36m24-36c-12 14 12 20 0 36m24-36c-12 14 12 20 0 36" fill="none" stroke="${line}" stroke-width="5" stroke-linecap="round" opacity=".45"/>
  <path d="M146 92c38-6 38 50-8 46" fill="none" stroke="${fill}" stroke-width="11"/>
  <path d="M44 76h112c0 62-16 88-56 88s-56-26-56-88z" fill="${fill}"/><path d="M44 76h112l-1 16H45z" fill="${light}"/>
  ${heart(100, 106, 1.4, accent)}
  <ellipse cx="100" cy="172" rx="74" ry="12" fill="${light}"/><ellipse cx="100" cy="169" rx="46" ry="6" fill="${line}" opacity=".25"/>`;

const cake: Drawing = ({ fill, light, accent, line }) => `
  <rect x="92" y="142" width="16" height="38" fill="${line}"/><ellipse cx="100" cy="182" rx="38" ry="8" fill="${line}"/><ellipse cx="100" cy="142" rx="80" ry="11" fill="${light}"/>
  <path d="M48 96h104v42c-24 8-80 8-104 0z" fill="${fill}"/><path d="M48 96c0-16 104-16 104 0v10c-8 14-16 2-24 8s-14 12-22 2-16 10-24 2-20 8-34-8z" fill="#fff" opacity=".85"/>
  <path d="M68 58h64v30c-16 5-48 5-64 0z" fill="${light}"/><path d="M68 58c0-10 64-10 64 0v6c-8 10-14 2-22 6s-12 4-20-2-14 4-22-2z" fill="${accent}" opacity=".8"/>
  <circle cx="100" cy="44" r="10" fill="${accent}"/><path d="M100 36q4-12 14-14" fill="none" stroke="${line}" stroke-width="3"/>`;

const cushion: Drawing = ({ fill, light, accent, line }) => `
  <path d="M34 40c40 12 92 12 132 0 6 40 6 80 0 120-40-12-92-12-132 0-6-40-6-80 0-120z" fill="${fill}"/>
  <path d="M56 60c30 7 58 7 88 0 4 28 4 52 0 80-30-7-58-7-88 0-4-28-4-52 0-80z" fill="${light}"/>
  ${heart(100, 84, 1.8, accent)}
  <g fill="${line}"><circle cx="34" cy="40" r="7"/><circle cx="166" cy="40" r="7"/><circle cx="34" cy="160" r="7"/><circle cx="166" cy="160" r="7"/></g>`;

const plant: Drawing = ({ fill, light, accent, line }) => `
  <path d="M100 132V62" stroke="${line}" stroke-width="6" stroke-linecap="round"/>
  <path d="M100 116c-34 4-48-14-50-34 28-2 46 10 50 34zm0-14c30 2 46-14 50-36-28 0-46 12-50 36z" fill="#8fb58a"/>
  <g fill="${accent}"><circle cx="100" cy="32" r="14"/><circle cx="122" cy="48" r="14"/><circle cx="114" cy="72" r="14"/><circle cx="86" cy="72" r="14"/><circle cx="78" cy="48" r="14"/></g><circle cx="100" cy="54" r="12" fill="#fff3c4"/>
  <path d="M58 138h84l-12 50H70z" fill="${fill}"/><rect x="50" y="126" width="100" height="18" rx="6" fill="${light}"/>`;

const box: Drawing = ({ fill, light, accent, line }) => `
  <rect x="40" y="88" width="120" height="92" rx="6" fill="${fill}"/><rect x="32" y="66" width="136" height="32" rx="7" fill="${light}"/>
  <rect x="74" y="118" width="52" height="28" rx="5" fill="#fff" opacity=".85"/><path d="M82 128h36m-36 9h24" stroke="${line}" stroke-width="3" opacity=".6"/>
  <circle cx="58" cy="82" r="4" fill="${accent}"/><circle cx="86" cy="82" r="4" fill="${accent}"/><circle cx="114" cy="82" r="4" fill="${accent}"/><circle cx="142" cy="82" r="4" fill="${accent}"/>
  <path d="M84 66c0-22 32-22 32 0" fill="none" stroke="${line}" stroke-width="6"/>`;

const frame: Drawing = ({ fill, light, accent, line }) => `
  <path d="M100 16 62 48M100 16l38 32" stroke="${line}" stroke-width="4"/><circle cx="100" cy="16" r="6" fill="${line}"/>
  <rect x="38" y="46" width="124" height="132" rx="8" fill="${fill}"/><rect x="54" y="62" width="92" height="100" rx="3" fill="#fff"/>
  <path d="M54 150 82 116l20 22 16-16 28 30v10H54z" fill="${light}"/><circle cx="122" cy="90" r="12" fill="${accent}"/>`;

const clock: Drawing = ({ fill, light, accent, line }) => `
  <circle cx="100" cy="104" r="76" fill="${fill}"/><circle cx="100" cy="104" r="60" fill="#fff"/><circle cx="100" cy="104" r="60" fill="${light}" opacity=".35"/>
  <g stroke="${line}" stroke-width="5" stroke-linecap="round"><path d="M100 52v8m0 88v8M48 104h8m88 0h8"/><path d="M100 104V70m0 34 26 16"/></g>
  <circle cx="100" cy="104" r="7" fill="${accent}"/><rect x="88" y="14" width="24" height="16" rx="6" fill="${line}"/>`;

const bigHeart: Drawing = ({ fill, light, accent, line }) => `
  <path d="M100 8v42" stroke="${line}" stroke-width="4"/>${heart(100, 38, 6.2, fill)}${heart(100, 62, 4.1, light)}
  <path d="M84 42q16-22 32 0-16 14-32 0z" fill="${accent}"/>`;

const gift: Drawing = ({ fill, light, accent, line }) => `
  <rect x="42" y="92" width="116" height="88" rx="6" fill="${fill}"/><rect x="34" y="70" width="132" height="30" rx="6" fill="${light}"/>
  <rect x="88" y="70" width="24" height="110" fill="${accent}"/>
  <path d="M100 68C60 70 50 28 76 26c16 0 22 22 24 42zm0 0c40 2 50-40 24-42-16 0-22 22-24 42z" fill="${accent}"/><circle cx="100" cy="66" r="9" fill="${line}"/>`;

const umbrella: Drawing = ({ fill, light, accent, line }) => `
  <path d="M100 36v124c0 24-34 24-34 2" fill="none" stroke="${line}" stroke-width="7" stroke-linecap="round"/>
  <path d="M20 108c6-52 40-78 80-78s74 26 80 78c-12-14-28-14-40 0-12-14-28-14-40 0-12-14-28-14-40 0-12-14-28-14-40 0z" fill="${fill}"/>
  <path d="M60 108c2-40 18-70 40-78 22 8 38 38 40 78-12-14-28-14-40 0-12-14-28-14-40 0z" fill="${light}"/><circle cx="100" cy="26" r="6" fill="${accent}"/>`;

/** Words of a name that say more than the shelf does. */
const BY_WORD: readonly (readonly [RegExp, Drawing])[] = [
  [/\b(clock)/i, clock],
  [/\b(umbrella|parasol)/i, umbrella],
  [/\b(bag|tote|shopper)\b/i, bag],
  [/\b(cakestand|cake|cakes)\b/i, cake],
  [/\b(mug|cup|teacup|teapot)\b/i, cup],
  [/\b(t-?light|candle|lantern)/i, candle],
  [/\b(bunting)/i, bunting],
  [/\b(cushion)/i, cushion],
  [/\b(frame)/i, frame],
  [/\b(heart)/i, bigHeart],
  [/\b(box|tin)\b/i, box],
];

const BY_CATEGORY: Readonly<Record<string, Drawing>> = {
  Christmas: tree,
  "Candles & lights": candle,
  Bags: bag,
  Jewellery: necklace,
  "Toys & games": bear,
  Stationery: card,
  Party: bunting,
  "Tea & coffee": cup,
  "Kitchen & baking": cake,
  Textiles: cushion,
  Garden: plant,
  Storage: box,
  "Home decoration": frame,
};

/** What a product of this name and shelf looks like, more or less. */
export function drawingOf(name: string, category: string): Drawing {
  return BY_WORD.find(([word]) => word.test(name))?.[1] ?? drawingOfCategory(category);
}

/** What stands for a shelf. */
export function drawingOfCategory(category: string): Drawing {
  return BY_CATEGORY[category] ?? gift;
}
