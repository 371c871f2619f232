/** What changes and can be watched. Signals will not do here: the file that is loaded late has another copy of them. */

export interface Watched<T> {
  readonly value: T;
  /** Calls with each new value, until what is returned is called. */
  watch(heard: (value: T) => void): () => void;
}

export interface Settable<T> extends Watched<T> {
  set(value: T): void;
}

export function watched<T>(first: T): Settable<T> {
  const news = newsOf<T>();
  let now = first;
  return {
    get value() {
      return now;
    },
    watch: news.listen,
    set: (value) => {
      if (Object.is(value, now)) return;
      now = value;
      news.tell(value);
    },
  };
}

/** Who listens, and how they are told. */
export interface News<T> {
  listen(heard: (news: T) => void): () => void;
  tell(news: T): void;
}

export function newsOf<T>(): News<T> {
  const listeners = new Set<(news: T) => void>();
  return {
    listen: (heard) => {
      const own = (news: T) => heard(news);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    tell: (news) => {
      for (const heard of [...listeners]) if (listeners.has(heard)) heard(news);
    },
  };
}
