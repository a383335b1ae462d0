import { h, type VNode } from 'preact';
import type { SvgNode } from '../../../actors/model/inspection/statechart/draw-statechart.ts';

/** A drawing as elements. Its words are text, whatever they hold. */
export const svgTree = (nodes: readonly (SvgNode | string)[]): readonly (VNode | string)[] =>
  nodes.map((node, index) =>
    typeof node === 'string' ? node : h(node.tag, { ...node.attributes, key: index }, ...svgTree(node.children)),
  );
