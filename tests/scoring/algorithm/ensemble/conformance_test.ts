import { consensus, featureBagging } from "../../../../scoring/algorithm/ensemble/mod.ts";
import { describeAlgorithm } from "../conformance.ts";

describeAlgorithm(consensus);
describeAlgorithm(featureBagging);
