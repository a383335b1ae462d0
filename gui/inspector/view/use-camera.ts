import { type ReadonlySignal, useComputed, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

type Size = { readonly width: number; readonly height: number };
type Box = Size & { readonly x: number; readonly y: number };

/** What is looked at: the middle, and how large the picture is drawn. */
type Camera = { readonly x: number; readonly y: number; readonly scale: number };

export type CameraControl = {
  /** What of the picture is in sight, in the picture's own lengths. */
  readonly view: ReadonlySignal<Box>;
  readonly zoom: (factor: number) => void;
  /** In pixels of the window. */
  readonly pan: (right: number, down: number) => void;
  readonly fit: () => void;
};

/** Below this, words are too small to read: then a part is shown at first, around what matters. */
const readableScale = 0.8;
const largestScale = 4;
const largestFit = 1.5;
const wheelStep = 1.0015;
const marginPixels = 24;

/** Looks at a picture through an SVG element: moved by pointer and wheel, and to whatever box matters when it changes. */
export const useCamera = (element: RefObject<SVGSVGElement | null>, whole: Size, focus: Box | null): CameraControl => {
  const size = useSignal<Size>({ width: 0, height: 0 });
  const camera = useSignal<Camera>({ x: whole.width / 2, y: whole.height / 2, scale: 1 });
  const isMovedByHand = useRef(false);
  const latestFocus = useRef(focus);
  latestFocus.current = focus;
  const view = useComputed((): Box => {
    const { x, y, scale } = camera.value;
    const [width, height] = [size.value.width / scale, size.value.height / scale];
    return { x: x - width / 2, y: y - height / 2, width, height };
  });

  const fitScale = ({ width, height }: Size): number =>
    Math.min(largestFit, (width - marginPixels) / whole.width, (height - marginPixels) / whole.height);
  const look = ({ x, y, scale }: Camera): void => {
    const { width, height } = size.peek();
    camera.value = {
      x: withinPicture(x, width / scale, whole.width),
      y: withinPicture(y, height / scale, whole.height),
      scale,
    };
  };
  /** Zooms, and keeps a point of the picture where it is. */
  const zoomAt = (factor: number, x: number, y: number): void => {
    const now = camera.peek();
    const smallest = Math.min(fitScale(size.peek()), 1) / 2;
    const scale = Math.min(largestScale, Math.max(smallest, now.scale * factor));
    const part = now.scale / scale;
    look({ x: x + (now.x - x) * part, y: y + (now.y - y) * part, scale });
  };
  const pan = (right: number, down: number): void => {
    const { x, y, scale } = camera.peek();
    look({ x: x + right / scale, y: y + down / scale, scale });
  };
  const fit = (): void => look({ x: whole.width / 2, y: whole.height / 2, scale: fitScale(size.peek()) });
  /** What matters in the middle, unless it is in sight. */
  const lookAt = (box: Box | null, scale: number): void => {
    const { x, y, width, height } = view.peek();
    const isInSight =
      box === null || (box.x >= x && box.y >= y && box.x + box.width <= x + width && box.y + box.height <= y + height);
    if (isInSight) look({ ...camera.peek(), scale });
    else look({ x: box.x + box.width / 2, y: box.y + box.height / 2, scale });
  };
  const byHand =
    <Words extends readonly unknown[]>(move: (...words: Words) => void) =>
    (...words: Words): void => {
      isMovedByHand.current = true;
      move(...words);
    };

  useLayoutEffect(() => {
    if (element.current === null) return;
    const measure = (): void => {
      const frame = element.current?.getBoundingClientRect();
      if (frame === undefined || frame.width === 0) return;
      size.value = { width: frame.width, height: frame.height };
      if (isMovedByHand.current) look(camera.peek());
      else lookAt(latestFocus.current, Math.max(readableScale, fitScale(size.peek())));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element.current);
    measure();
    return () => observer.disconnect();
  }, []);

  // After the element was measured. What is in sight already stays where it is.
  useLayoutEffect(() => {
    if (size.peek().width > 0) lookAt(focus, camera.peek().scale);
  }, [focus]);

  useEffect(() => {
    const picture = element.current;
    if (picture === null) return;
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      const frame = picture.getBoundingClientRect();
      const { x, y } = view.peek();
      const { scale } = camera.peek();
      const at = [x + (event.clientX - frame.left) / scale, y + (event.clientY - frame.top) / scale] as const;
      byHand(zoomAt)(wheelStep ** -event.deltaY, ...at);
    };
    const onMove = (event: PointerEvent): void => {
      if (picture.hasPointerCapture(event.pointerId)) byHand(pan)(-event.movementX, -event.movementY);
    };
    const onDown = (event: PointerEvent): void => {
      if (event.button === 0) picture.setPointerCapture(event.pointerId);
    };
    // Not by a property: it has to be able to prevent that the page scrolls.
    picture.addEventListener('wheel', onWheel, { passive: false });
    picture.addEventListener('pointerdown', onDown);
    picture.addEventListener('pointermove', onMove);
    return () => {
      picture.removeEventListener('wheel', onWheel);
      picture.removeEventListener('pointerdown', onDown);
      picture.removeEventListener('pointermove', onMove);
    };
  }, []);

  return {
    view,
    zoom: byHand((factor) => {
      const { x, y } = camera.peek();
      zoomAt(factor, x, y);
    }),
    pan: byHand(pan),
    fit: byHand(fit),
  };
};

/** A middle such that nothing beside the picture is in sight, or where the picture is smaller, as little as can be. */
const withinPicture = (middle: number, inSight: number, whole: number): number =>
  inSight >= whole ? whole / 2 : Math.min(whole - inSight / 2, Math.max(inSight / 2, middle));
