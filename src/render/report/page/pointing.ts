/** A place on a picture, chosen with the pointer or with the arrow keys. */

/** From the top left, 0 to 1. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface Pointed {
  /** Undefined where the pointer has left. */
  readonly place: Place | undefined;
  readonly byKeyboard: boolean;
}

const STEP = 1 / 64;
const LEAP = 1 / 8;
const MOVES: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Calls `onPlace` as the place changes. Home goes to where `strongest` says, Escape leaves. */
export function pointing(screen: HTMLElement, onPlace: (pointed: Pointed) => void, strongest: () => Place): void {
  let place: Place | undefined;
  const move = (to: Place | undefined, byKeyboard: boolean) => {
    place = to && { x: inside(to.x), y: inside(to.y) };
    onPlace({ place, byKeyboard });
  };
  const pointed = ({ clientX, clientY }: PointerEvent) => {
    const { left, top, width, height } = screen.getBoundingClientRect();
    move({ x: (clientX - left) / width, y: (clientY - top) / height }, false);
  };
  screen.addEventListener('pointermove', pointed);
  screen.addEventListener('pointerdown', pointed);
  screen.addEventListener('pointerleave', ({ pointerType }) => {
    if (pointerType === 'mouse') move(undefined, false);
  });
  screen.addEventListener('keydown', (event) => {
    const step = event.shiftKey ? LEAP : STEP;
    const { x, y } = place ?? { x: 0.5, y: 0.5 };
    const [dx, dy] = MOVES[event.key] ?? [0, 0];
    if (event.key === 'Escape') move(undefined, true);
    else if (event.key === 'Home') move(strongest(), true);
    else if (event.key in MOVES) move({ x: x + dx * step, y: y + dy * step }, true);
    else return;
    event.preventDefault();
  });
}

const inside = (at: number): number => Math.min(Math.max(at, 0), 1 - 1e-9);
