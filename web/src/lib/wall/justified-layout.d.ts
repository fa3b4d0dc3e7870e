/** `justified-layout` 4.1 (MIT) brings no types; these are the parts of it that are used. */
declare module 'justified-layout' {
  interface Options {
    containerWidth: number;
    containerPadding: number;
    boxSpacing: number;
    targetRowHeight: number;
  }
  export default function justify(ratios: number[], options: Options): { boxes: { top: number; height: number; left: number; width: number }[] };
}
