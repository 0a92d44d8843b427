import type { Relation } from '../../graphql/graphql';

/** Which of the themes' ten colours stands for what people are to the company: five that are far apart. */
export const COLOUR: Record<Relation, number> = { EMPLOYEE: 0, FAMILY: 2, FRIEND: 1, CLIENT: 3, PARTNER: 5 };
