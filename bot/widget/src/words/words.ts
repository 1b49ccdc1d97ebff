/** Everything the widget itself says. The bot's own sentences come from the server. */
export interface Words {
  /** For the `lang` attribute. */
  lang: string;
  /** For reading aloud and dictation. */
  speech: string;

  yuan(amount: string): string;
  day(year: number | null, month: number, day: number, weekday: number): string;
  moment(month: number, day: number, clock: string): string;
  monthTitle(year: number, month: number): string;
  weekdays: readonly string[];
  today: string;
  yesterday: string;

  name: string;
  launcher: string;
  open(unread: number): string;
  close: string;
  further: string;
  arrived(unread: number): string;
  conversation: string;
  automatic: string;
  line: Record<"connecting" | "offline" | "token-not-valid" | "origin-not-allowed", string>;
  tryAgain: string;
  guest: string;
  slow: string;
  typing: string;
  you: string;
  bot: string;
  choices(titles: readonly string[]): string;
  empty: string;

  write: string;
  send: string;
  charactersLeft(left: number): string;
  dictate: string;
  stopDictation: string;
  /** Asked once in each browser, before the microphone is used. */
  dictateWhy: string;
  dictateYes: string;
  dictationFailed: string;
  waiting: string;
  editAgain: string;
  sendAgain: string;
  problem: Record<"message-too-long" | "message-malformed" | "too-old", string>;

  care: string;
  careOff: string;
  smaller: string;
  larger: string;
  readAloud: string;
  readThis: string;
  on: string;
  off: string;
  menu: string;
  closeMenu: string;
  download: string;
  downloading: string;
  downloaded: string;
  downloadFailed: string;
  fileName: string;
  hideLauncher: string;
  hideLauncherWhy: string;

  outstanding: string;
  nextDue: string;
  overdue: string;
  daysPastDue(days: number): string;
  asOf(moment: string): string;
  loanStatus: Record<string, string>;

  plan: string;
  instalment(number: number): string;
  number: string;
  dueDate: string;
  payment: string;
  principal: string;
  interest: string;
  fee: string;
  penalty: string;
  instalmentStatus: Record<string, string>;
  showAll(count: number): string;
  showFewer: string;
  chart(count: number): string;

  comparison: Record<string, string>;
  before: string;
  after: string;
  changed: string;

  chooseDay: string;
  dayRange(earliest: string, latest: string): string;
  previousMonth: string;
  nextMonth: string;
  dayEarlier: string;
  dayLater: string;
  weekEarlier: string;
  weekLater: string;
  chosen: string;
  useDay(day: string): string;

  chooseAmount: string;
  perMonth: string;
  lessBy(amount: string): string;
  moreBy(amount: string): string;
  amountRange(min: string, max: string): string;
  useAmount(amount: string): string;

  summary: string;
  kinds: Record<string, string>;
  rows: Record<string, string>;
  /** Values that the loan system writes as codes. */
  values: Record<string, string>;
  /** What a secure page is for. */
  purposes: Record<string, string>;

  undoTitle: string;
  undoUntil(clock: string): string;
  undoLeft(minutes: number, seconds: number): string;
  undoLeftMinutes(minutes: number): string;
  undo: string;
  undoLate: string;

  request: string;
  requestNumber: string;
  requestStatus: Record<string, string>;
  filedAt: string;
  decidedAt: string;

  secure: string;
  secureWhy(host: string): string;
  secureUntil(moment: string): string;
  secureLate: string;
  newTab: string;

  upload: string;
  /** What happens to a proof, before one is chosen. */
  uploadWhy: string;
  uploadWhat(kinds: string, size: string): string;
  kindNames: Record<string, string>;
  chooseFile: string;
  uploading: string;
  uploaded: string;
  uploadProblem: Record<"decided" | "many" | "kind" | "size" | "empty" | "offline" | "other", string>;

  rating: string;
  scores: readonly string[];
  ratingMore: string;
  ratingSend: string;
  ratingThanks: string;
  ratingFailed: string;
}
