import { untrack } from 'svelte';
import { Camera } from '../map/camera.svelte';
import { WHOLE, fitted, type Spot, type View } from '../map/view';
import { planted, seedAt, type Flower } from './garden';
import { boxOf, marksOf, onScreen, personAt, type Placing } from './marks';
import type { Person } from './people';

export interface GardenInput {
  people: readonly Person[];
  /** How many there are, in the picture or not. */
  members: number;
}

const MARGIN = 14;
const REACH: Record<string, number> = { mouse: 8, touch: 22, pen: 14 };
const AROUND_SEED = 5;

/** Everything the parts of the picture share: where everyone stands, how it is looked at, and who is pointed at. */
export class GardenScene extends Camera {
  readonly people = $derived.by(() => this.input().people);
  readonly garden = $derived.by(() => planted(this.people, this.input().members));
  readonly placing: Placing = $derived.by(() => this.#placing());
  readonly marks = $derived(marksOf(this.garden, this.placing));

  constructor(private readonly input: () => GardenInput) {
    super();
  }

  /** Where someone stands on the screen, and how large they are drawn at least. */
  spotOf(person: number): Spot {
    const flower = this.garden.flowerOf.get(person);
    const seed = this.garden.seedOf[person] ?? -1;
    if (!flower) return { x: 0, y: 0 };
    const place = seed < 0 ? flower : seedAt(flower, seed);
    return onScreen(this.placing, place.x, place.y);
  }

  /** The branch of someone who brought others; null for all others. */
  branchOf(person: number | null): Flower | null {
    const flower = person === null ? undefined : this.garden.flowerOf.get(person);
    return flower && flower.person === person ? flower : null;
  }

  at({ x, y }: Spot, pointer: string): number | null {
    return personAt(this.garden, this.placing, x, y, REACH[pointer] ?? 8);
  }

  /** Look at someone's branch from close by, or at who stands around them; at all of it for null. */
  show(person: number | null): void {
    untrack(() => this.fly(person === null ? WHOLE : this.#around(person)));
  }

  /** A seed is shown with the seeds around it. */
  #around(person: number): View {
    const branch = this.branchOf(person);
    if (branch) return fitted(boxOf(this.placing, branch), this);
    const flower = this.garden.flowerOf.get(person);
    const seed = flower ? seedAt(flower, this.garden.seedOf[person] ?? 0) : { x: 0, y: 0 };
    const { s, ox, oy } = this.placing;
    const [x, y, r] = [s * seed.x + ox, s * seed.y + oy, s * Math.max(AROUND_SEED, Math.min(flower?.head ?? 0, 3 * AROUND_SEED))];
    return fitted({ left: x - r, right: x + r, top: y - r, bottom: y + r }, this);
  }

  #placing(): Placing {
    const { ground } = this.garden;
    const [width, height] = [Math.max(1, this.width), Math.max(1, this.height)];
    const s = Math.max(1, Math.min(width, height) - 2 * MARGIN) / (2 * ground.cr);
    return { s, ox: width / 2 - s * ground.cx, oy: height / 2 - s * ground.cy, view: this.view, width, height };
  }
}
