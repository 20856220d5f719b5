{{ config(materialized='table', tags=['walls'], post_hook="create stream if not exists threads on table {{ this }}") }}

select 1 as thread
