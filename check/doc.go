// Package check reads check files, runs what they say and reports on it, with one law above all: it never
// says that something passed when it was not measured to be so.
//
// The map of the package:
//
//   - [Load] reads a file or a folder into a [Plan], or gives a [*ConfigError] with everything that is wrong, each
//     problem at its place. [Options] say what the file may use. [JSONSchema] describes the files for editors;
//   - [Plan.Run] makes a [Report], whatever happens. [Plan.Validated] and [Plan.WriteDryRun] run nothing.
//     [Report.Write] prints the document, [Report.WriteTermination] tells Kubernetes, [Report.ExitCode] the shell;
//   - a [Type] is what `type: http` means: [HTTP], [Prometheus], [Script], [K8s] and others are here, [Standard] has those
//     of every binary; the package kube reads clusters. A type makes a [Body] for each check, which names its keys
//     ([Key], with [Text], [Duration], [Number] and other values)
//     and makes attempts: [Attempt] goes in, [Outcome] comes out, [Failed] and [Broken] are its errors.
//
// Behind them, in the order of a run: key.go, value.go and collection.go read maps by tables; template.go and scope.go fill
// in ${}; file.go, common.go and settings.go are the tables of a file; needs.go and selection.go choose and order;
// run.go runs checks side by side, tracker.go one check through its attempts with the retry engine of core; report.go
// and document.go tell the tale.
package check
