import {
  extendedIsolationForest,
  isolationForest,
} from "../../../../scoring/algorithm/forest/mod.ts";
import { describeAlgorithm } from "../conformance.ts";

describeAlgorithm(isolationForest);
describeAlgorithm(extendedIsolationForest);
