export { renderReport } from './render-report.ts';
export type { ReportBuild, ReportImage, ReportLayer, ReportStep } from './report-build.ts';
