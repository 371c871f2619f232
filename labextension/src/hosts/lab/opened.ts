/** The viewer for a file, with nothing behind it. */

import { mount } from "../../view/mount";
import { themeOf } from "../theme";

export interface Opened {
  /** The file as it is now. */
  show(bytes: Promise<Uint8Array>): void;
  settled(): Promise<void>;
  end(): void;
}

export function open(place: HTMLElement, bytes: Promise<Uint8Array>): Opened {
  const { theme, end } = themeOf();
  const viewer = mount(place, { bytes, theme });
  return {
    show: viewer.show,
    settled: viewer.settled,
    end: () => {
      viewer.dispose();
      end();
    },
  };
}
