import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import type { Instalment } from "../client/protocol.js";
import { yuan } from "../formats.js";
import type { Words } from "../words/index.js";

const HEIGHT = 110;
const PARTS = ["principal", "interest", "fee"] as const;
type Part = (typeof PARTS)[number];

/** What an instalment consists of; a penalty is counted among the fees. Where that is not known, it is one sum. */
function shares(instalment: Instalment): Record<Part, number> {
  const { interest_fen: interest = 0, fee_fen = 0, penalty_fen = 0, principal_fen } = instalment;
  const fee = fee_fen + penalty_fen;
  return { principal: principal_fen ?? instalment.payment_fen - interest - fee, interest, fee };
}

function heightOf(instalment: Instalment): number {
  const { principal, interest, fee } = shares(instalment);
  return principal + interest + fee;
}

/** Where and how tall the bars may be; two pictures side by side share one scale. */
export interface Scale {
  from: number;
  to: number;
  most: number;
  /** Bars at most. */
  count: number;
  /** Of the picture, in units of its own; the height is 110. */
  width: number;
}

export function scaleOf(width: number, ...plans: Instalment[][]): Scale {
  const all = plans.flat();
  const days = all.map((instalment) => Date.parse(instalment.due_date));
  return {
    from: Math.min(...days),
    to: Math.max(...days),
    most: Math.max(1, ...all.map(heightOf)),
    width,
    count: Math.max(1, ...plans.map((plan) => plan.length)),
  };
}

/**
 * The plan as a picture: a bar for each instalment at its due date, made of principal, interest and fees.
 * Patterns tell the three apart without colour; the table beside it says the figures.
 * @param id - keeps the patterns of two pictures apart
 */
export function bars(plan: Instalment[], scale: Scale, label: string, id: string): TemplateResult {
  const width = Math.min(26, Math.max(3, (scale.width / scale.count) * 0.68));
  const span = scale.to - scale.from || 1;
  const x = (instalment: Instalment) =>
    scale.to === scale.from
      ? (scale.width - width) / 2
      : ((Date.parse(instalment.due_date) - scale.from) / span) * (scale.width - width);
  return html`<svg class="bars" viewBox="0 0 ${scale.width} ${HEIGHT}" role="img" aria-label=${label}>
    <defs>
      <pattern id="${id}-interest" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect class="fill-interest" width="6" height="6" />
        <rect class="fill-gap" width="2" height="6" />
      </pattern>
      <pattern id="${id}-fee" width="5" height="5" patternUnits="userSpaceOnUse">
        <rect class="fill-fee" width="5" height="5" />
        <circle class="fill-gap" cx="2.5" cy="2.5" r="1.1" />
      </pattern>
    </defs>
    ${plan.map((instalment) => bar(instalment, x(instalment), width, scale.most, id))}
    <line class="axis" x1="0" x2=${scale.width} y1=${HEIGHT - 0.5} y2=${HEIGHT - 0.5} />
  </svg>`;
}

function bar(instalment: Instalment, x: number, width: number, most: number, id: string): SVGTemplateResult[] {
  let top = HEIGHT - 1;
  const amounts = shares(instalment);
  const paid = instalment.status === "paid";
  return PARTS.filter((part) => amounts[part] > 0).map((part) => {
    const height = Math.max(1.5, (amounts[part] / most) * (HEIGHT - 4));
    top -= height;
    return svg`<rect class="bar ${paid ? "bar-paid" : ""} ${part === "principal" ? "fill-principal" : ""}" x=${x} y=${top}
      width=${width} height=${height} fill=${part === "principal" ? nothing : `url(#${id}-${part})`}></rect>`;
  });
}

/** What the patterns mean, each with its sum over the plan. */
export function legend(plan: Instalment[], words: Words, id: string): TemplateResult {
  const sums = plan.map(shares);
  const isKnown = plan.some((instalment) => instalment.principal_fen !== undefined);
  const names: Record<Part, string> = {
    principal: isKnown ? words.principal : words.payment,
    interest: words.interest,
    fee: words.fee,
  };
  return html`<ul class="legend">
    ${PARTS.map((part) => [part, sums.reduce((sum, share) => sum + share[part], 0)] as const)
      .filter(([, sum]) => sum > 0)
      .map(
        ([part, sum]) =>
          html`<li>
            <svg class="swatch" viewBox="0 0 14 14" aria-hidden="true">
              <rect
                class=${part === "principal" ? "fill-principal" : "bar"}
                width="14"
                height="14"
                fill=${part === "principal" ? nothing : `url(#${id}-${part})`}
              ></rect>
            </svg>
            <span>${names[part]} <b>${yuan(sum, words)}</b></span>
          </li>`,
      )}
  </ul>`;
}
