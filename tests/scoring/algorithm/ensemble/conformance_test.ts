import { consensus, featureBagging, trio } from "../../../../scoring/algorithm/ensemble/mod.ts";
import { describeAlgorithm } from "../conformance.ts";

describeAlgorithm(consensus);
describeAlgorithm(featureBagging);
describeAlgorithm(trio);
