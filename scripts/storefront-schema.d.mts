export function storefrontSchema(): string;
