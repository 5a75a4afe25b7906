// Reads AsyncAPI documents with AsyncAPI's own parser: names every error on standard error and then ends with 1.
import { readFileSync } from "node:fs";
import asyncapi from "@asyncapi/parser";

const ERROR = 0; // severities count downwards: 1 is a warning
const parser = new asyncapi.Parser();
for (const path of process.argv.slice(2)) {
  const { document, diagnostics } = await parser.parse(readFileSync(path, "utf8"), { source: path });
  const errors = diagnostics.filter(({ severity }) => severity === ERROR);
  for (const { path: place, message } of errors) console.error(`${path}: ${place.join(".")}: ${message}`);
  if (errors.length || !document) process.exitCode = 1;
}
