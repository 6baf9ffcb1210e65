import {
  kNearestNeighbours,
  localOutlierFactor,
} from "../../../../scoring/algorithm/neighbours/mod.ts";
import { describeAlgorithm } from "../conformance.ts";

describeAlgorithm(kNearestNeighbours);
describeAlgorithm(localOutlierFactor);
