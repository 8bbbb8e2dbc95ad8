// A program on the types that openapi-typescript makes, with openapi-fetch. Arguments: URL, FITS table.
import { readFileSync } from "node:fs";
import createClient from "openapi-fetch";
import type { paths } from "./api";

const [url, table] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl: url });

async function main(): Promise<void> {
  const form = new FormData();
  form.append("mode", "positions");
  form.append("bands", "J");
  form.append("table", new Blob([readFileSync(table)]), "targets.fits");
  const submitted = await client.POST("/batches", {
    body: { mode: "positions" },
    bodySerializer: () => form,
  });
  const id = submitted.data!.batch_id;
  const path = { id };
  let status = (await client.GET("/batches/{id}", { params: { path } })).data!;
  while (!["complete", "failed", "cancelled"].includes(status.state)) {
    await new Promise((done) => setTimeout(done, 500));
    status = (await client.GET("/batches/{id}", { params: { path } })).data!;
  }
  const archive = await client.GET("/batches/{id}/files/{name}", {
    params: { path: { id, name: "images.tar" } },
    parseAs: "arrayBuffer",
  });
  const refused = await client.POST("/batches", { body: { mode: "region" } });
  const bytes = (archive.data as ArrayBuffer).byteLength;
  console.log(JSON.stringify({ state: status.state, bytes, code: refused.error!.code }));
}

main();
