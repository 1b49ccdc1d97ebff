/** What travels between the widget and the bot; docs/channels.md describes it. */

export interface Button {
  title: string;
  /** Sealed by the server to this conversation. */
  payload: string;
}

/** What an instalment consists of is not always known, and neither is its state. */
export interface Instalment {
  instalment_number: number;
  due_date: string;
  principal_fen?: number;
  interest_fen?: number;
  fee_fen?: number;
  penalty_fen?: number;
  payment_fen: number;
  outstanding_fen?: number;
  status?: string;
}

export interface LoanCard {
  type: "loan";
  loan_id: string;
  product_name: string;
  status: string;
  outstanding_fen: number;
  next_due_date: string | null;
  next_due_fen: number | null;
  overdue_fen: number;
  days_past_due: number;
  as_of_at: string;
}

export interface PlanCard {
  type: "plan";
  product_name: string;
  instalments: Instalment[];
  as_of_at: string;
}

export interface ComparisonCard {
  type: "comparison";
  kind: string;
  product_name: string;
  before: Instalment[];
  after: Instalment[];
  extra_interest_fen: number;
}

export interface DateChoiceCard {
  type: "date_choice";
  earliest_date: string;
  latest_date: string;
}

export interface AmountChoiceCard {
  type: "amount_choice";
  min_fen: number;
  max_fen: number;
  step_fen: number;
  suggested_fen: number;
  per: "month";
}

export interface SummaryRow {
  name: string;
  value_fen?: number;
  value_date?: string;
  value_at?: string;
  value_text?: string;
}

export interface SummaryCard {
  type: "summary";
  kind: string;
  product_name?: string;
  rows: SummaryRow[];
  confirm?: Button;
  cancel?: Button;
}

export interface UndoCard {
  type: "undo";
  request_id: string;
  undo_until_at: string;
  /** The ledger's present when the card was made. */
  as_of_at?: string;
  payload: string;
}

export interface RequestStatusCard {
  type: "request_status";
  request_id: string;
  kind: string;
  status: string;
  filed_at: string;
  decision_due_at: string | null;
  decided_at: string | null;
  reason: string | null;
}

export interface SecureLinkCard {
  type: "secure_link";
  url: string;
  /** What the page is for, a key of `purposes` in the words; or words. */
  title: string;
  expires_at: string;
  /** The ledger's present when the card was made. */
  as_of_at?: string;
}

export interface UploadCard {
  type: "upload";
  request_id: string;
  accepts: string[];
  max_bytes: number;
}

export interface RatingCard {
  type: "rating";
}

export interface CareModeCard {
  type: "care_mode";
  on: boolean;
}

export type Card =
  | LoanCard
  | PlanCard
  | ComparisonCard
  | DateChoiceCard
  | AmountChoiceCard
  | SummaryCard
  | UndoCard
  | RequestStatusCard
  | SecureLinkCard
  | UploadCard
  | RatingCard
  | CareModeCard;

export interface Message {
  /** Made by the server; sorts by time. */
  id: string;
  at: string;
  from: "borrower" | "bot";
  text?: string;
  buttons?: Button[];
  card?: Card;
  /** What came before was deleted, at the borrower's wish. */
  first?: boolean;
  /** The id the widget gave it, for a message of the borrower's. */
  client_id?: string;
}

export interface Hello {
  guest: boolean;
  care_mode: boolean;
  expires_at: string;
  /** The server's present, since a phone's clock may be wrong. */
  now?: string;
  /** The last message seen on any device. */
  read?: string | null;
  messages: Message[];
}

export interface Problem {
  type: string;
  title?: string;
  status: number;
  detail?: string;
  retry_after_seconds?: number;
}

export type Ack<T> = ({ ok: true } & T) | { ok: false; problem: Problem };

/** What the borrower said and the server has not yet confirmed. */
export interface Outgoing {
  id: string;
  at: string;
  text?: string;
  payload?: string;
  title?: string;
}
