/** Reading aloud and dictation, where the browser has them. */

/** Reads texts one after the other; null where there is no voice. */
export class Reader {
  static of(lang: string): Reader | null {
    return "speechSynthesis" in window ? new Reader(lang) : null;
  }

  private constructor(private readonly lang: string) {}

  read(text: string): void {
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.lang = this.lang;
    utterance.rate = 0.9;
    speechSynthesis.speak(utterance);
  }

  stop(): void {
    speechSynthesis.cancel();
  }
}

interface Recognition {
  lang: string;
  interimResults: boolean;
  onresult: ((event: { results: ArrayLike<ArrayLike<{ transcript: string }>> }) => void) | null;
  onerror: (() => void) | null;
  onend: (() => void) | null;
  start(): void;
  stop(): void;
}

type RecognitionMaker = new () => Recognition;

/** One spoken sentence at a time. */
export class Dictation {
  #recognition: Recognition;

  /** Null where the browser has none. */
  static of(lang: string): Dictation | null {
    const home = window as { SpeechRecognition?: RecognitionMaker; webkitSpeechRecognition?: RecognitionMaker };
    const Maker = home.SpeechRecognition ?? home.webkitSpeechRecognition;
    return Maker ? new Dictation(new Maker(), lang) : null;
  }

  private constructor(recognition: Recognition, lang: string) {
    this.#recognition = recognition;
    recognition.lang = lang;
    recognition.interimResults = true;
  }

  /**
   * Listens until the speaker pauses.
   * @param heard - what was understood so far, again and again
   * @param ended - `true` when something went wrong
   */
  start(heard: (text: string) => void, ended: (failed: boolean) => void): void {
    let failed = false;
    this.#recognition.onresult = ({ results }) => heard(Array.from(results, (result) => result[0]?.transcript ?? "").join(""));
    this.#recognition.onerror = () => (failed = true);
    this.#recognition.onend = () => ended(failed);
    try {
      this.#recognition.start();
    } catch {
      ended(true);
    }
  }

  stop(): void {
    this.#recognition.stop();
  }
}
