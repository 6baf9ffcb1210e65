import {
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
  QuotaExceededError,
} from "../../domain/mod.ts";
import { builder } from "./builder.ts";

// Fields of one name have one type in all members, so that a query can ask for them side by side.
const Failure = builder.interfaceRef<{ message: string }>("Failure").implement({
  description: "Why a mutation did not happen, so that the caller can act on it.",
  fields: (t) => ({
    message: t.exposeString("message", { description: "For people; codes are the type names." }),
  }),
});

builder.objectType(NotFoundError, {
  name: "NotFound",
  description: "There is no such thing in this tenant.",
  interfaces: [Failure],
  fields: (t) => ({
    kind: t.exposeString("kind", { description: "What was looked for." }),
  }),
});

builder.objectType(InvalidInputError, {
  name: "InvalidInput",
  description: "A value of the input cannot be taken.",
  interfaces: [Failure],
  fields: (t) => ({
    field: t.exposeString("field", {
      nullable: true,
      description: "Path of the value inside the input.",
    }),
    limit: t.exposeFloat("limit", {
      nullable: true,
      description: "The limit that it passes, where there is one.",
    }),
  }),
});

builder.objectType(ForbiddenError, {
  name: "Forbidden",
  description: "The role of the key does not allow it.",
  interfaces: [Failure],
});

builder.objectType(ConflictError, {
  name: "Conflict",
  description: "It does not fit what is there, as a name that is taken or a newer version.",
  interfaces: [Failure],
  fields: (t) => ({
    field: t.exposeString("field", {
      nullable: true,
      description: "Path of the value inside the input, where one is to blame.",
    }),
  }),
});

builder.objectType(QuotaExceededError, {
  name: "QuotaExceeded",
  description: "The tenant has as many of these as it may have.",
  interfaces: [Failure],
  fields: (t) => ({
    quota: t.exposeString("quota", { description: "Name of the limit." }),
    limit: t.exposeFloat("limit", { nullable: true, description: "Its value." }),
  }),
});

/**
 * Makes a mutation answer with `…Success | NotFound | InvalidInput | Forbidden | Conflict |
 * QuotaExceeded`; the changed thing is in the success's field of this name.
 */
export function outcome<Name extends string>(name: Name) {
  return {
    types: [
      NotFoundError,
      InvalidInputError,
      ForbiddenError,
      ConflictError,
      QuotaExceededError,
    ],
    dataField: { name, description: `The ${name} after the change.` },
    result: { description: "It has happened." },
    union: { description: "What came of it." },
  };
}
