/** `--boxes FILE`: where the objects of each picture are. */
import * as v from 'valibot';
import type { Region } from '../../compare/metrics/object-mask.ts';
import { expected } from '../../core/errors.ts';
import { givenFile } from '../../core/given-file.ts';
import type { Photo } from '../../core/predictor.ts';

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const extent = v.pipe(share, v.gtValue(0));
const pair = v.object({
  image: v.pipe(v.string(), v.nonEmpty()),
  imagenetIndex: v.pipe(v.number(), v.integer(), v.minValue(0)),
  boxes: v.pipe(v.array(v.tuple([share, share, extent, extent])), v.nonEmpty()),
});
const file = v.object({ pairs: v.pipe(v.array(pair), v.nonEmpty()) });

/** The boxes of one class on a picture: centre x and y, width and height, as shares of the photo's. */
export type BoxedPicture = v.InferOutput<typeof pair>;

/** @throws `ERR_OPTION` where the file is none of boxes, or names a picture twice */
export async function readBoxes(path: string): Promise<BoxedPicture[]> {
  const what = `--boxes ${path}`;
  const wanted = '{ pairs: [{ image, imagenetIndex, boxes: [[x, y, width, height]] }] }, shares of the picture';
  const bytes = await givenFile(path, 'ERR_OPTION', what, 'a JSON file');
  const refuse = (received: string, cause?: unknown) => expected('ERR_OPTION', what, wanted, received, '', { cause });
  const json = ((): unknown => {
    try {
      return JSON.parse(bytes.toString());
    } catch (cause) {
      throw refuse('no JSON', cause);
    }
  })();
  const { success, output, issues } = v.safeParse(file, json);
  if (!success) throw refuse(`something else at ${v.getDotPath(issues[0]) ?? 'its start'}`);
  const names = output.pairs.map(({ image }) => image);
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) throw expected('ERR_OPTION', what, 'each picture once', `'${twice}' twice`);
  return output.pairs;
}

/** Boxes in photo pixels. */
export const regionsOn = ({ width, height }: Photo, boxes: BoxedPicture['boxes']): Region[] =>
  boxes.map(([x, y, across, down]) => ({
    box: [(x - across / 2) * width, (y - down / 2) * height, across * width, down * height],
  }));
