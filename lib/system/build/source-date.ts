import { AptOstreeError } from '../../errors/error.ts';

/**
 * SOURCE_DATE_EPOCH, by which a builder fixes the time that a build takes for now; null when it is not set.
 * @throws ERR_USAGE when it is no number of seconds.
 */
export function sourceDateEpoch(): number | null {
  const value = process.env.SOURCE_DATE_EPOCH;
  if (value === undefined || value === '') return null;
  if (!/^\d{1,15}$/.test(value))
    throw new AptOstreeError('ERR_USAGE', `SOURCE_DATE_EPOCH is "${value}"`, {
      hint: 'it takes seconds since 1970, as `date +%s` prints them',
    });
  return Number(value);
}
