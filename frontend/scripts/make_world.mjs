/**
 * Draws the world for the map of who is here: `npm run world` writes src/areas/presence/world.json, which is committed.
 *
 * It needs four packages that the page does not: in an empty folder
 *   npm install d3-geo@3.1 topojson-client@3.1 world-atlas@2.0 i18n-iso-countries@7.14
 * and then `WORLD_PACKAGES=that/folder npm run world`. The shapes are Natural Earth's (public domain), in the packaging of
 * world-atlas (ISC): coast lines of 1:110 million, and for the places of countries the centres of 1:10 million.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const folder = resolve(process.env.WORLD_PACKAGES ?? '.');
const require = createRequire(`${folder}/package.json`);
const load = async (name) => import(require.resolve(name));
const read = (name) => JSON.parse(readFileSync(require.resolve(`world-atlas/${name}.json`), 'utf8'));

const { geoArea, geoCentroid, geoNaturalEarth1, geoPath } = await load('d3-geo');
const { feature, merge } = await load('topojson-client');
const countries = require('i18n-iso-countries');

const WIDTH = 960;
/** Small islands lie beyond the coasts that the map is fitted to. */
const MARGIN = 14;
const ANTARCTICA = '010';
const KOSOVO = 'Kosovo';
const isInhabited = (shape) => shape.id !== ANTARCTICA;

const coarse = read('countries-110m');
const land = merge(coarse, coarse.objects.countries.geometries.filter(isInhabited));
const projection = geoNaturalEarth1().fitWidth(WIDTH - 2 * MARGIN, land);
const [x, y] = projection.translate();
projection.translate([x + MARGIN, y + MARGIN]);
const path = geoPath(projection).digits(1);
const height = Math.ceil(path.bounds(land)[1][1]) + MARGIN;

/** A country stands where its largest part is: France in Europe, the United States between its coasts. */
function centre(geometry) {
  const parts = geometry.type === 'MultiPolygon' ? geometry.coordinates : [geometry.coordinates];
  const polygons = parts.map((coordinates) => ({ type: 'Polygon', coordinates }));
  const largest = polygons.reduce((a, b) => (geoArea(b) > geoArea(a) ? b : a));
  return projection(geoCentroid(largest)).map((value) => Math.round(value));
}

function codeOf({ id, properties }) {
  return properties.name === KOSOVO ? 'XK' : countries.numericToAlpha2(id);
}

const fine = read('countries-10m');
const shapes = feature(fine, fine.objects.countries).features.filter((shape) => isInhabited(shape) && codeOf(shape));
const byArea = shapes.toSorted((a, b) => geoArea(a) - geoArea(b));
const places = Object.fromEntries(byArea.map((shape) => [codeOf(shape), centre(shape.geometry)]).sort());

const target = new URL('../src/areas/presence/world.json', import.meta.url);
writeFileSync(target, `${JSON.stringify({ width: WIDTH, height, land: path(land), places })}\n`);
